title	Отчёт о лабораторной работе
contents	Содержание
task	Задание
code	Код программ
console	Журналы консолей
dialogue	Диалоги
results	Результаты
checks	Что проверено
grade	Оценка
conclusions	Выводы
ladder	Диаграмма обмена
explained	Строка за строкой
faults	Строк с ошибками
columns	что	ожидалось	получено	совпадает
yes	да
no	НЕТ
