namespace Spate.Broker.Tests.Network;

/// <summary>
/// Runs code so that whatever it sets going continues on the same stack: without the test framework's synchronisation context, which would
/// send continuations elsewhere. When the call returns, everything that could happen has happened.
/// </summary>
internal static class Inline
{
    public static void Run(Action action)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            action();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
