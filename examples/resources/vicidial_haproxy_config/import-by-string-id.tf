import {
  to = vicidial_haproxy_config.web
  id = "floor1:/etc/haproxy/haproxy.cfg"
}
