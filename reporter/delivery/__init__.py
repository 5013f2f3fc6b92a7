"""What happens to a report once it is made: kept, signed, sent."""
