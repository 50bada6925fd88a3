<?php
require 'functions.php';
$script = agent_script();
echo "<html><a href=\"../agc/$script\">Agent Login</a></html>\n";
