# Calls to the sales line go to an in-group, and elsewhere while nobody is there
# or too many wait.
resource "vicidial_inbound_did" "sales" {
  did_pattern     = "8005550100"
  did_description = "Sales line"
  did_route       = "IN_GROUP"
  group_id        = "SALESLINE"
  record_call     = "Y"

  no_agent_ingroup_redirect  = "Y"
  no_agent_ingroup_id        = "SALESLINE"
  no_agent_ingroup_extension = "8304"

  max_queue_ingroup_calls     = 20
  max_queue_ingroup_id        = "SALESLINE"
  max_queue_ingroup_extension = "8304"
}

# A menu, except for callers on a list.
resource "vicidial_inbound_did" "support" {
  did_pattern     = "8005550101"
  did_description = "Support menu"
  did_route       = "CALLMENU"
  menu_id         = "support"

  filter_inbound_number = "GROUP"
  filter_phone_group_id = "NUISANCE"
  filter_action         = "EXTEN"
  filter_extension      = "8304"
}

# A mailbox on one node; the call can come in on any node.
resource "vicidial_inbound_did" "voicemail" {
  did_pattern   = "8005550102"
  did_route     = "VOICEMAIL"
  voicemail_ext = "101"
  server_ip     = vicidial_server.dial1.server_ip
}

resource "vicidial_server" "dial1" {
  server_id = "dial1"
  server_ip = "10.10.10.11"
  active    = true
}
