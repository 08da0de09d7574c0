"""What calls and their logs say: functions of records, without I/O."""
