namespace Spate.Broker.Telemetry;

/// <summary>What a figure is, in the terms of Kafka's MBeans.</summary>
public enum MetricKind
{
    /// <summary>A count that only grows; rates are made of it by whoever reads it. Kafka's Meter, with the attribute Count.</summary>
    Meter,

    /// <summary>A value that is so at the moment. Kafka's Gauge, with the attribute Value.</summary>
    Gauge,

    /// <summary>How values were spread: count, least, greatest, mean, percentiles. Kafka's Histogram; its Timer as well, whose rate comes of the count.</summary>
    Histogram,
}
