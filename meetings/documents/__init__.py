"""The minutes as a document: one content, several forms.

content     what stands in it, as plain words; knows nothing of the database or of file forms
prose       notes in simple Markdown as pieces of such content
selection   puts it together for a reader: the whole, or the masked copy
freezing    keeps it as JSON when it is signed
sealing     what is kept when it is signed, and how that is read back
reading     what a reader gets: the signed text where there is one
pdf, docx   make a file of it
"""
