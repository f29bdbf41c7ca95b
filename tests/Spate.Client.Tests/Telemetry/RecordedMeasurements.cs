using System.Diagnostics.Metrics;
using Spate.Client.Telemetry;

namespace Spate.Client.Tests.Telemetry;

/// <summary>Keeps every measurement of the client that is made while it listens.</summary>
internal sealed class RecordedMeasurements : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _all = [];

    public RecordedMeasurements()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ClientDiagnostics.Name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What an instrument measured, oldest first.</summary>
    public List<(double Value, Dictionary<string, object?> Tags)> Of(string name)
    {
        lock (_all)
        {
            return [.. _all.Where(one => one.Name == name).Select(one => (one.Value, one.Tags))];
        }
    }

    /// <summary>Asks the instruments that are asked, and gives what one says of a client.</summary>
    public List<(double Value, Dictionary<string, object?> Tags)> Ask(string name, string clientId)
    {
        lock (_all)
        {
            _all.RemoveAll(one => one.Name == name);
        }

        _listener.RecordObservableInstruments();
        return Of(name).FindAll(one => clientId.Equals(one.Tags["messaging.client.id"]));
    }

    public void Dispose() => _listener.Dispose();

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        where T : struct
    {
        var kept = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            kept.Add(tag.Key, tag.Value);
        }

        lock (_all)
        {
            _all.Add((instrument.Name, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), kept));
        }
    }
}
