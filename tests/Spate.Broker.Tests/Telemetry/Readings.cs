using System.Diagnostics.Metrics;
using System.Globalization;
using Spate.Broker.Telemetry;

namespace Spate.Broker.Tests.Telemetry;

/// <summary>What a listener of one broker's meter is told when it asks, by instrument and by the values of the tags in their order.</summary>
internal sealed class Readings : IDisposable
{
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public Readings(BrokerMeter meter)
    {
        _listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _values[Name(instrument.Name, tags)] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values[Name(instrument.Name, tags)] = value);
        _listener.Start();
        Refresh();
    }

    /// <summary>Instruments with the values of their tags, all that were measured.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>A measurement; fails with what there is when there is none such.</summary>
    public double this[string instrument, params string[] tags] =>
        _values.TryGetValue(string.Join('|', tags.Prepend(instrument)), out var value)
            ? value
            : throw new KeyNotFoundException(
                $"{string.Join('|', tags.Prepend(instrument))} was not measured. There is: {string.Join(", ", _values.Keys.Where(name => name.StartsWith(instrument, StringComparison.Ordinal)))}");

    public bool Has(string instrument, params string[] tags) => _values.ContainsKey(string.Join('|', tags.Prepend(instrument)));

    /// <summary>Asks anew.</summary>
    public void Refresh()
    {
        _values.Clear();
        _listener.RecordObservableInstruments();
    }

    public void Dispose() => _listener.Dispose();

    private static string Name(string instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument;
        foreach (var tag in tags)
        {
            name += string.Create(CultureInfo.InvariantCulture, $"|{tag.Value}");
        }

        return name;
    }
}
