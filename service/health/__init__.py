"""How the installation is: portals, jobs, mails, machine; for status, doctor and the pages."""
