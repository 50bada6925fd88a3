import {
  to = vicidial_trunk_split.sales
  id = "SALES"
}
