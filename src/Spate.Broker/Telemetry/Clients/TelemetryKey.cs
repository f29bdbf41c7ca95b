namespace Spate.Broker.Telemetry.Clients;

/// <summary>Which figure of a client a value is of.</summary>
/// <param name="Name">The metric's name, such as <c>org.apache.kafka.producer.record.send.total</c>.</param>
/// <param name="Labels">What tells its values apart, as <c>key=value</c> in the order of the keys with commas between; empty where nothing does.</param>
public readonly record struct TelemetryKey(string Name, string Labels);
