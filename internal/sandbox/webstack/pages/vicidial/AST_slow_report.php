<?php
require 'functions.php';
sleep((int) ($_GET['seconds'] ?? 0));
echo "REPORT\n";
