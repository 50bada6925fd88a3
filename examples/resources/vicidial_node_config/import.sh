# Paths of the nodes' files, separated by commas. No password of theirs goes
# into state, and keys that VICIdial does not know are kept.
terraform import vicidial_node_config.site nodes/dial1.conf,nodes/dial2.conf,nodes/db.conf

# With a node's crontab after a plus sign, what it does is declared as well; a
# folder that has an astguiclient.conf and a crontab says the same.
terraform import vicidial_node_config.site nodes/dial1.conf+nodes/dial1.crontab,nodes/db

# Or the text of one file. Terraform shows an id, so remove the passwords from it.
terraform import vicidial_node_config.site "$(grep -v _pass /etc/astguiclient.conf)"
