import {
  to = vicidial_nginx_config.web
  id = "floor1:/etc/nginx/nginx.conf"
}
