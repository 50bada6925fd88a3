import {
  to = vicidial_nginx_config.lab
  identity = {
    name = "lab"
  }
}
