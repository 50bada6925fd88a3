import {
  to = vicidial_cluster_settings.this
  identity = {
    record_id = "system_settings"
  }
}
