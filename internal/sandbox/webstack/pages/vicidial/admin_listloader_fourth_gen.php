<?php
require 'functions.php';
if (isset($_FILES['leadfile'])) {
    $name = 'vicidial_temp_file.txt'; // of every upload
    move_uploaded_file($_FILES['leadfile']['tmp_name'], UPLOADS . "/$name");
    die("STEP 2 $name\n");
}
// The second step carries the name only. Without the file: 200, and no lead.
$path = UPLOADS . '/' . basename($_REQUEST['lead_file'] ?? 'none');
echo 'LOADED ' . (is_readable($path) ? count(file($path)) : 0) . "\n";
