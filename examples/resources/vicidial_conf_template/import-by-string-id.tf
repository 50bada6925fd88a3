import {
  to = vicidial_conf_template.softphone
  id = "softphone"
}
