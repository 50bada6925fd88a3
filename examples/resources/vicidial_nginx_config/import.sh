# By name, and the file to adopt. The first plan shows how it differs.
terraform import vicidial_nginx_config.web floor1:/etc/nginx/nginx.conf
