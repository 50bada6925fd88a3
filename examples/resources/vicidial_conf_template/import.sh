# By template_id.
terraform import vicidial_conf_template.softphone softphone
