# By name, and the file to adopt. The first plan shows how it differs.
terraform import vicidial_haproxy_config.web floor1:/etc/haproxy/haproxy.cfg
