<?php
require 'functions.php';
if ($_SERVER['SERVER_NAME'] !== SOUNDS_WEB_SERVER) {
    die('server(' . $_SERVER['SERVER_NAME'] . ') does not match sounds web server ip(' . SOUNDS_WEB_SERVER . ")\n");
}
echo "AUDIO hello.wav\n";
