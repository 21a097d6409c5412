"""What guests and staff do from a telephone, carried out in the hotel."""
