using System.Runtime.CompilerServices;

namespace Spate.Client.Producing;

/// <summary>Who is told what became of a record: an awaited task, a callback, or nobody. One reference, since every record that waits has one.</summary>
internal readonly struct Delivery
{
    /// <summary>A <see cref="DeliverySource"/>, an <see cref="Action{T}"/> of <see cref="DeliveryReport"/>, or null.</summary>
    private readonly object? _told;

    public Delivery(DeliverySource source) => _told = source;

    public Delivery(Action<DeliveryReport>? callback) => _told = callback;

    public void Tell(in DeliveryReport report)
    {
        if (_told is DeliverySource source)
        {
            source.Complete(report);
        }
        else if (_told is not null)
        {
            Unsafe.As<Action<DeliveryReport>>(_told)(report);
        }
    }
}
