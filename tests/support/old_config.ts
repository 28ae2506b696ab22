/** Files of the original with a value for everything that it has: the text of its installation with other values. */
export const OLD_PYTHON = `# Server Specific Configurations
server = {
    'port': '8090',
    'host': '192.0.2.7'
}

# Pecan Application Configurations
app = {
    'root': 'valet.api.v1.controllers.root.RootController',
    'modules': ['valet.api'],
    'default_renderer': 'json',
    'force_canonical': False,
    'debug': False,
    'hooks': [],
}

ostro = {
    'tries': 10,
    'interval': 1,
}

messaging = {
    'config': {
        'transport_url': 'rabbit://valet:pa$$w%40rd@rabbit1.example.com:5672/'
    }
}

identity = {
    'config': {
        'username': 'valet$1',
        'password': 'S3$ecret $HOME',
        'project_name': "service",
        'auth_url': 'http://controller:35357/v2.0',
        'interface': 'public',
    }
}

music = {
    'host': '198.51.100.1',
    'port': '8080',
    'keyspace': 'valet',
    'replication_factor': 3,
    'music_server_retries': 4,
}
`;

export const OLD_INI = `[DEFAULT]
default_log_levels = "valet_validator=DEBUG,tests=DEBUG"
logging_default_format_string = "%(asctime)s.%(msecs)03d %(levelname)s"
use_stderr = False
log_dir = /var/log/valet
[server]
host = 0.0.0.0
port = 8091
[messaging]
username = other
password = 0ther-passw0rd
host = rabbit2.example.com
port = 5673
timeout = 4
[identity]
project_name = other
username = other
password = 0ther-passw0rd
auth_url = https://keystone.example.com:5000/v2.0/
interface = admin
[music]
hosts = 198.51.100.2,198.51.100.3
port = 8080
keyspace = valet_two
replication_factor = 2
tries = 10
interval = 1
request_table = placement_requests
response_table = placement_results
event_table = oslo_messages
resource_table = resource_status
app_table = app
resource_index_table = resource_log_index
app_index_table = app_log_index
uuid_table = uuid_map
music_server_retries = 3
[engine]
pid = /var/run/valet/valet-engine.pid
mode = live
sim_cfg_loc = /etc/valet/engine/ostro_sim.cfg
ip = localhost
health_timeout = 10
priority = 1
datacenter_name = bos
num_of_region_chars = 3
rack_code_list = r
node_code_list = a,c,u,f,o,p,s
compute_trigger_frequency = 1800
topology_trigger_frequency = 3600
update_batch_wait = 600
default_cpu_allocation_ratio = 8
default_ram_allocation_ratio = 1.5
default_disk_allocation_ratio = 1
static_cpu_standby_ratio = 20
static_mem_standby_ratio = 20
static_local_disk_standby_ratio = 20
output_format = %(asctime)s
store = True
logging_level = warning
logging_dir = /var/log/valet/
logger_name = engine.log
max_main_log_size = 5000000
max_log_size = 1000000
max_num_of_logs = 3
[events_listener]
exchange = nova
exchange_type = topic
auto_delete = False
store = True
output_format = %(asctime)s
logging_level = debug
logging_dir = /var/log/valet/
logger_name = ostro_listener.log
max_main_log_size = 5000000
`;

/** The listener's, from the time when it was a program of its own. */
export const OLD_LISTENER = `[DEFAULT]
exchange = nova_two
exchange_type = fanout
auto_delete = true
host = rabbit.example.com
port = 5673
username = lis@ten
passwdfile = /etc/ostro-listener/passwd
output_format = dict
store = false
music = http://127.0.0.1:8080/
keyspace = music
replication_factor = 1
`;
