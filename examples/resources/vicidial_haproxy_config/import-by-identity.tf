import {
  to = vicidial_haproxy_config.lab
  identity = {
    name = "lab"
  }
}
