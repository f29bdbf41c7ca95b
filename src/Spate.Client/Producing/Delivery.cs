namespace Spate.Client.Producing;

/// <summary>Who is told what became of a record: an awaited task, a callback, or nobody.</summary>
internal readonly struct Delivery
{
    private readonly DeliverySource? _source;
    private readonly Action<DeliveryReport>? _callback;

    public Delivery(DeliverySource source) => _source = source;

    public Delivery(Action<DeliveryReport>? callback) => _callback = callback;

    public void Tell(in DeliveryReport report)
    {
        _source?.Complete(report);
        _callback?.Invoke(report);
    }
}
