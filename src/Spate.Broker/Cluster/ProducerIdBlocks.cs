using Spate.Metadata.Control;

namespace Spate.Broker.Cluster;

/// <summary>
/// Gives ids to producers, each only once in the life of the cluster: they come from blocks that were decided to be this broker's before the
/// first of them is given, so that a kill loses the rest of a block and repeats nothing. Safe for use by several threads at once.
/// </summary>
public sealed class ProducerIdBlocks(Controller controller, int nodeId) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ProducerIdBlock _left;

    /// <summary>An id that no other producer has or had; null when there are no more.</summary>
    /// <exception cref="IOException">The next block could not be made to last.</exception>
    public async ValueTask<long?> NextAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_left.Count == 0)
            {
                _left = await controller.DecideAsync(image => ProducerIdBlock.Decide(image, nodeId), cancellation);
            }

            if (_left.Count == 0)
            {
                return null;
            }

            var id = _left.First;
            _left = new ProducerIdBlock(id + 1, _left.Count - 1);
            return id;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
