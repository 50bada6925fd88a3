# A name of your choice, and the numbers.
terraform import vicidial_inbound_numbers.sales "sales=8005550100-8005550199,8005550300"

# Or what their rows hold: the beginning of the number, the in-group, the carrier, or
# any other column.
terraform import vicidial_inbound_numbers.sales "sales=prefix:800555"
terraform import vicidial_inbound_numbers.sales "sales=group_id:SALESLINE"
terraform import vicidial_inbound_numbers.sales "sales=prefix:800,did_carrier_description:Telco"
