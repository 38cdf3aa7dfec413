"""The minutes as a document: one content, several forms.

content     what stands in it, as plain words; knows nothing of the database or of file forms
selection   puts it together for a reader: the whole, or the masked copy
pdf, docx   make a file of it
"""
