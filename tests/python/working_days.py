"""Prints each day of a range and whether it is a working day in Kazakhstan, by the package `holidays`."""

import datetime
import sys

import holidays

first, last = (datetime.date.fromisoformat(day) for day in sys.argv[1:])
calendar = holidays.country_holidays("KZ", years=range(first.year, last.year + 1))
day = first
while day <= last:
    print(day, "work" if calendar.is_working_day(day) else "off")
    day += datetime.timedelta(days=1)
