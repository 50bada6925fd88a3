# The files as they are on the nodes, copied to here.
import {
  to = vicidial_node_config.site
  id = "nodes/dial1.conf,nodes/dial2.conf,nodes/db.conf,nodes/web1.conf"
}
