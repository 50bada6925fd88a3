resource "vicidial_cluster_settings" "this" {
  slave_db_server = "10.10.10.6"
  reports_use_slave_db = [
    "Agent Performance Detail",
    "Agent Time Detail",
    "Export Calls Report",
  ]
}
