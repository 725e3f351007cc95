"""eForms, the notices of the EU in UBL XML, to notices.

`document` parses the bytes safely, `fields` reads single elements, `lots` and `notice` make the
record. Source: eForms-SDK, https://docs.ted.europa.eu/eforms/latest/schema/.
"""
