using Spate.Simulation.Cluster;

namespace Spate.Simulation.Worlds;

/// <summary>
/// Carries requests to nodes and answers back. A request is lost, or its answer is; what may come late or twice sometimes does. Whoever asks hears
/// the answer or, when its patience is over, nothing.
/// </summary>
internal sealed class Network(World world)
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(8);

    /// <param name="from">Who asks.</param>
    /// <param name="to">Who is asked.</param>
    /// <param name="what">What, in words.</param>
    /// <param name="ask">Asks the node; its answer goes back.</param>
    /// <param name="answered">Hears the answer, or null when there was none.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="mayRepeat">Whether the protocol bears that the request comes once more later, or after nobody waits for it any more.</param>
    public void Call<TAnswer>(
        string from, Node to, Func<string> what, Func<Node, ValueTask<TAnswer>> ask, Action<TAnswer?> answered, TimeSpan? patience = null, bool mayRepeat = false)
        where TAnswer : class
    {
        var isOver = false;
        world.Agenda.Put(patience ?? UsualPatience, () => $"{from} gives up on: {what()}", () => End(null));
        if (mayRepeat && world.Chance(world.Weather.Repetition))
        {
            Deliver(from, to, () => $"(again, or late) {what()}", ask, static _ => false, world.Between(0, 15_000));
        }

        if (!world.Chance(world.Weather.Loss))
        {
            Deliver(from, to, what, ask, End, Latency());
        }

        bool End(TAnswer? answer)
        {
            if (isOver)
            {
                return false;
            }

            isOver = true;
            answered(answer);
            return true;
        }
    }

    /// <summary>The same for whoever awaits the answer.</summary>
    public Task<TAnswer?> AskAsync<TAnswer>(string from, Node to, Func<string> what, Func<Node, ValueTask<TAnswer>> ask, bool mayRepeat = false)
        where TAnswer : class
    {
        var answer = new TaskCompletionSource<TAnswer?>();
        Call(from, to, what, ask, answer.SetResult, mayRepeat: mayRepeat);
        return answer.Task;
    }

    private TimeSpan Latency() => world.Weather.Latency * (world.Random.NextDouble() * world.Random.NextDouble());

    private void Deliver<TAnswer>(string from, Node to, Func<string> what, Func<Node, ValueTask<TAnswer>> ask, Func<TAnswer?, bool> end, TimeSpan delay)
        where TAnswer : class => world.Agenda.Put(delay, () => $"{from} asks {to}: {what()}", () =>
        {
            if (to.IsAlive)
            {
                _ = ServeAsync(from, to, what, ask, end);
            }
            else
            {
                world.Agenda.Put(Latency(), () => $"{from} finds {to} dead", () => end(null));
            }
        });

    private async Task ServeAsync<TAnswer>(string from, Node to, Func<string> what, Func<Node, ValueTask<TAnswer>> ask, Func<TAnswer?, bool> end)
        where TAnswer : class
    {
        try
        {
            var answer = await ask(to);
            if (to.IsAlive && !world.Chance(world.Weather.Loss))
            {
                world.Agenda.Put(Latency(), () => $"{to} answers {from}: {what()}: {AnswerText.Of(answer)}", () => end(answer));
            }
        }
        catch (Exception failure)
        {
            // Whatever goes wrong, a coordinator answers by an error code.
            world.Fault(Checks.Answers, $"{to} failed on {what()} of {from}: {failure}");
        }
    }
}
