import {
  to = vicidial_conf_template.softphone
  identity = {
    template_id = "softphone"
  }
}
