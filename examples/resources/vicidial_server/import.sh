# By server_id, or by server_ip.
terraform import vicidial_server.dial1 dial1
terraform import vicidial_server.dial1 10.10.10.11
