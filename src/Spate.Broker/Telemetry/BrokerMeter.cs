using System.Diagnostics.Metrics;

namespace Spate.Broker.Telemetry;

/// <summary>
/// The instruments of one broker. Every instrument is made of a <see cref="MetricDefinition"/> and reads, when somebody asks, a figure that is
/// kept anyway: nobody who counts knows of listeners. Several brokers of one process are told apart by the tag <c>node.id</c> and by the
/// meter's scope, which is this object. Safe for use by several threads at once.
/// </summary>
public sealed class BrokerMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Spate.Broker";

    private readonly Lock _lock = new();
    private readonly List<MetricDefinition> _definitions = [];

    public BrokerMeter(int nodeId, string version) => Meter = new Meter(new MeterOptions(MeterName)
    {
        Version = version,
        Tags = [MetricTag.Of("node.id", nodeId)],
        Scope = this,
    });

    /// <summary>The figures that there are, for those who publish them under other names.</summary>
    public IReadOnlyList<MetricDefinition> Definitions
    {
        get
        {
            lock (_lock)
            {
                return [.. _definitions];
            }
        }
    }

    /// <summary>What listeners listen to.</summary>
    public Meter Meter { get; }

    /// <summary>Ends all instruments.</summary>
    public void Dispose() => Meter.Dispose();

    internal void Count(MetricDefinition definition, Func<long> read)
    {
        Add(definition, MetricKind.Meter);
        Meter.CreateObservableCounter(definition.Name, read, definition.Unit, definition.Description);
    }

    internal void Count(MetricDefinition definition, Func<IEnumerable<Measurement<long>>> read)
    {
        Add(definition, MetricKind.Meter);
        Meter.CreateObservableCounter(definition.Name, read, definition.Unit, definition.Description);
    }

    internal void Gauge(MetricDefinition definition, Func<long> read)
    {
        Add(definition, MetricKind.Gauge);
        Meter.CreateObservableGauge(definition.Name, read, definition.Unit, definition.Description);
    }

    internal void Gauge(MetricDefinition definition, Func<IEnumerable<Measurement<long>>> read)
    {
        Add(definition, MetricKind.Gauge);
        Meter.CreateObservableGauge(definition.Name, read, definition.Unit, definition.Description);
    }

    internal void Ratio(MetricDefinition definition, Func<IEnumerable<Measurement<double>>> read)
    {
        Add(definition, MetricKind.Gauge);
        Meter.CreateObservableGauge(definition.Name, read, definition.Unit, definition.Description);
    }

    /// <summary>
    /// Publishes histograms: their counts as a counter of the name <c>….count</c>, and the rest as a gauge whose tag <c>statistic</c> says
    /// which figure it is.
    /// </summary>
    internal void Histogram(MetricDefinition definition, Func<IEnumerable<(KeyValuePair<string, object?>[] Tags, DecayingHistogram Histogram)>> read)
    {
        Add(definition, MetricKind.Histogram);
        Meter.CreateObservableGauge(
            definition.Name,
            () => read().SelectMany(each => each.Histogram.Read().Measure(each.Tags)),
            definition.Unit,
            definition.Description);
        Meter.CreateObservableCounter(
            $"{definition.Name}.count",
            () => read().Select(each => new Measurement<long>(each.Histogram.Count, each.Tags)),
            "{value}",
            $"How many values '{definition.Name}' is made of.");
    }

    private void Add(MetricDefinition definition, MetricKind kind)
    {
        if (definition.Kind != kind)
        {
            throw new ArgumentException($"'{definition.Name}' is declared as a {definition.Kind} and published as a {kind}.", nameof(definition));
        }

        lock (_lock)
        {
            if (_definitions.Exists(other => other.Name == definition.Name))
            {
                throw new ArgumentException($"'{definition.Name}' is published already.", nameof(definition));
            }

            _definitions.Add(definition);
        }
    }
}
