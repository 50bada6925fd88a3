<?php
// What VICIdial's dbconnect and functions do, as far as a proxy can tell.
header('X-Node: ' . NODE);

// The database's answer; without one the page dies as VICIdial's do: with 200
// before PHP 8.1 and where display_errors is on, with 500 elsewhere.
function agent_script() {
    $link = @stream_socket_client('tcp://' . DATABASE, $number, $text, 2);
    if (!$link) {
        $status = (int) @file_get_contents(dirname(LEDGER) . '/status');
        http_response_code($status ?: 200);
        die('MySQL connect ERROR: Connection refused');
    }
    $line = trim((string) fgets($link));
    fclose($link);
    return $line;
}

// Carries an action out: 30 ms of work, then one row. It dies before it
// answers if it is asked to, as it does when the machine loses its power.
function act() {
    $id = preg_replace('/[^A-Za-z0-9-]/', '', $_REQUEST['id'] ?? '');
    agent_script();
    usleep((int) (@file_get_contents(dirname(LEDGER) . '/work') ?: 30000));
    file_put_contents(LEDGER, "$id\n", FILE_APPEND | LOCK_EX);
    if (isset($_REQUEST['dies'])) {
        posix_kill(getmypid(), 9);
    }
    echo "DONE $id\n";
}

// The address under which VICIdial writes its own links.
function own_url() {
    $protocol = preg_match('/443/', $_SERVER['SERVER_PORT']) ? 'https' : 'http';
    $port = preg_match('/^(80|443)$/', $_SERVER['SERVER_PORT']) ? '' : ':' . $_SERVER['SERVER_PORT'];
    return $protocol . '://' . $_SERVER['SERVER_NAME'] . $port;
}
