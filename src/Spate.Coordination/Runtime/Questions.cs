namespace Spate.Coordination.Runtime;

/// <summary>Several questions at once, which may go to different shards.</summary>
internal static class Questions
{
    /// <summary>
    /// Asks them all before it waits for any. The answers come in the order of the questions and are awaited in that order: a task for all of
    /// them would go on on the thread pool, and a simulation could not say when.
    /// </summary>
    public static async ValueTask<TAnswer[]> AskAllAsync<TQuestion, TAnswer>(IEnumerable<TQuestion> questions, Func<TQuestion, ValueTask<TAnswer>> ask)
    {
        var asked = questions.Select(question => ask(question).AsTask()).ToList();
        var answers = new TAnswer[asked.Count];
        for (var index = 0; index < answers.Length; index++)
        {
            answers[index] = await asked[index];
        }

        return answers;
    }
}
