"""What people do with calls beyond making them; one file for each."""
