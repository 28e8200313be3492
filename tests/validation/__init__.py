"""The validation pack: requirement → tests → result, out of the marks that the tests carry."""
