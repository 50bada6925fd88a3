<?php
require 'functions.php';
if (isset($_GET['fail'])) {
    http_response_code(401);
    die("Login incorrect\n");
}
echo 'URL ' . own_url() . ' FROM ' . $_SERVER['REMOTE_ADDR'] . ' HTTPS ' . ($_SERVER['HTTPS'] ?? getenv('HTTPS') ?: 'off') . ' UPGRADE ' . ($_SERVER['HTTP_UPGRADE'] ?? 'none') . "\n";
