"""Who may do what: accounts, sessions, tokens, the permission of each view, the trail each request leaves."""
