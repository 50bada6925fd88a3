import {
  to = vicidial_cluster_settings.this
  id = "system_settings"
}
