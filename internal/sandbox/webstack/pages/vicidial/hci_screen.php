<?php
require 'functions.php';
agent_script();
echo "REMOTE AGENT\n";
