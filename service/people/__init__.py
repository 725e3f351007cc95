"""Who signs in and who gets mail: the list of people, what each wants to be told, signed links."""
