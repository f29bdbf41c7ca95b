namespace Spate.Broker.Telemetry;

/// <summary>The name under which Kafka shows a figure to JMX.</summary>
/// <param name="ObjectName">The object's name; <c>{tag}</c> stands where the value of one of the instrument's tags goes.</param>
/// <param name="Attribute">The object's attribute, where one object bears several figures; null where the kind of the figure gives its attributes.</param>
public readonly record struct MBean(string ObjectName, string? Attribute = null)
{
    public override string ToString() => Attribute is null ? ObjectName : $"{ObjectName} {Attribute}";
}
