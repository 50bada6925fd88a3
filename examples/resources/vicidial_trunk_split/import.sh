# By campaign_id.
terraform import vicidial_trunk_split.sales SALES
