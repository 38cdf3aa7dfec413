"""The sheets of the reports, one function each; reports.workbook.kinds says which report has which."""
