# By campaign_id.
terraform import vicidial_trunk_split.sales SALES

# The rows on some servers only; those on others are not managed.
terraform import vicidial_trunk_split.sales SALES=10.10.10.11,10.10.10.12
