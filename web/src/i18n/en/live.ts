export const live = {
  title: "What it uses now",
  cpu: "CPU",
  memory: "Memory",
  cpuOf: "{{percent}} of {{cores}}",
  cores_one: "{{count}} core",
  cores_other: "{{count}} cores",
  memoryOf: "{{used}} of {{limit}}",
  uptime: "Running for",
  idle: "Idle time left",
  unknown: "not known yet",
};
