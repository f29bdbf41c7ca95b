using Spate.Client.Sharing;

namespace Spate.Client.Tests.Faults;

/// <summary>Keeps account of what the members of a share group are given, and of what is confirmed to them. Safe for use by several threads at once.</summary>
internal sealed class ShareAccount
{
    private readonly Lock _gate = new();
    private readonly HashSet<(int Partition, long Offset)> _confirmed = [];
    private readonly HashSet<(int Partition, long Offset)> _seen = [];

    /// <summary>How many records came at all.</summary>
    public int Records
    {
        get
        {
            lock (_gate)
            {
                return _seen.Count;
            }
        }
    }

    /// <summary>Records that came although their acceptance was confirmed.</summary>
    public List<(int Partition, long Offset)> Again { get; } = [];

    public int Deliveries { get; private set; }

    public void Begin((int Partition, long Offset) place)
    {
        lock (_gate)
        {
            Deliveries++;
            _seen.Add(place);
            if (_confirmed.Contains(place))
            {
                Again.Add(place);
            }
        }
    }

    public void Confirm(AcknowledgementResult result)
    {
        lock (_gate)
        {
            if (result.Error is null)
            {
                _confirmed.UnionWith(result.Offsets.Select(offset => (result.Partition.Partition, offset)));
            }
        }
    }
}
